"""Creates the tables of MLflow: the URL of SQLAlchemy."""

from __future__ import annotations

import sys

from mlflow.store.db.utils import _initialize_tables
from sqlalchemy import create_engine

_initialize_tables(create_engine(sys.argv[1]))
