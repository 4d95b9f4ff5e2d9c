"""A deployment watched for weeks: looked at every so often, alerts where something changed.

``changes``, ``snapshot``, ``transitions`` and ``messages`` are pure; ``store``, ``webhook``,
``metrics``, ``page``, ``serving`` and ``loop`` are the shells around them.
"""
