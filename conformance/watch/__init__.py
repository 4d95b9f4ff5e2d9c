"""A deployment watched for weeks: looked at every so often, alerts where something changed.

``changes``, ``portrait``, ``transitions`` and ``messages`` are pure; ``store``, ``courier``,
``metrics``, ``page``, ``serving`` and ``loop`` are the shells around them.
"""
