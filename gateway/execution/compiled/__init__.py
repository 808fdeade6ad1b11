"""Operations compiled from the schema: no executor walks the fields of each object any more.

plan.py         what an operation selects, type by type, with its arguments prepared
arguments.py    arguments as the resolvers take them, constants converted once
project.py      one generated function for each selection set over payloads
run.py          one execution of a plan: what waits, what failed, where nulls land
engine.py       the engine behind the same protocol as the stock one
"""
