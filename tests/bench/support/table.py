"""The one form of every benchmark's result: name, value, unit, what it is beside in the same run, ratio."""

import json
import sys


class Table:
    def __init__(self, title):
        self.title = title
        self.rows = []

    def row(self, name, value, unit, beside=None, beside_value=None):
        ratio = value / beside_value if beside_value else None
        self.rows.append({"name": name, "value": value, "unit": unit, "beside": beside, "ratio": ratio})

    def print(self, as_json):
        if as_json:
            json.dump({"benchmark": self.title, "rows": self.rows}, sys.stdout, indent=1)
            print()
            return
        print(self.title)
        for row in self.rows:
            ratio = f"{row['ratio']:8.3f} x {row['beside']}" if row["ratio"] is not None else ""
            print(f"  {row['name']:<52} {row['value']:>12.1f} {row['unit']:<8} {ratio}")
