"""The statement builders: immutable values, one file each."""
