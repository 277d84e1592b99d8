"""Databases as earlier versions left them: `NNNN.sql` fills what came with that migration.

State N is a database with the migrations up to N, and all fills up to N. Each fill is written for the schema of its
number and holds in every later one; one that adds no table or column needs none.
"""
