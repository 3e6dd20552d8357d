"""Nodes to SQL text and parameters, in one pass.

`Compiler` speaks the SQL that the engines share; a dialect subclasses it and overrides the few methods in which it
differs. A `visit_*` method returns the text of a node; parameters are collected in the order of the text.
"""

from qb.compiler.base import Encoder
from qb.compiler.expressions import ATOM, CLOSER
from qb.compiler.merge import MergeCompiler
from qb.compiler.nested import NestedCompiler
from qb.compiler.quantified import QuantifiedCompiler
from qb.compiler.tuples import TupleCompiler


class Compiler(NestedCompiler, MergeCompiler, TupleCompiler, QuantifiedCompiler):
    """The whole of it."""


__all__ = ["ATOM", "CLOSER", "Compiler", "Encoder"]
