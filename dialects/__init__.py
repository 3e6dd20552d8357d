"""The dialects that come with qb, one folder each."""
