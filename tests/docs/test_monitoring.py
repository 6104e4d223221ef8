"""The rules and the dashboard under `deploy/monitoring` use metrics that exist, and link to sections that exist."""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.metrics_core import Metric
from sqlalchemy import Engine

from dashboard.server.metrics import LookedUp
from data_access.base.running.metrics import METRICS
from data_access.base.schedule import Job
from data_access.store import job_leases
from data_access.store.job_leases import Holder
from tests.support.people import NOW

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "monitoring"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
GROUPS = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
RULES: list[dict[str, Any]] = [rule for group in GROUPS for rule in group["rules"]]
PANELS = json.loads((FOLDER / "grafana.json").read_text())["panels"]
ASKED = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]


def names_of(family: Metric) -> set[str]:
    """The names under which a family is asked for."""
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
    return {f"{family.name}{ending}" for ending in endings[family.type]}


def test_every_metric_that_is_asked_for_is_there(sqlite_engine: Engine) -> None:
    job_leases.begin_run(sqlite_engine, Job.COLLECT, Holder("one"), now=NOW, as_of=NOW)
    families = [*METRICS.collect(), *LookedUp(sqlite_engine, lambda: NOW).collect()]
    known = set[str]().union(*map(names_of, families))
    asked = {name for expression in ASKED for name in re.findall(r"\bdesk_\w+", expression)}
    assert asked - known == set()
    assert {re.sub("_(bucket|count|sum)$", "", name) for name in known - asked} - {
        re.sub("_(bucket|count|sum)$", "", name) for name in asked
    } <= {"desk_job_late"}


def test_every_alert_leads_to_what_to_do() -> None:
    headings = re.findall(r"^#+ (.+)$", OPERATIONS, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert {rule["annotations"]["do"] for rule in RULES} <= anchors


def test_every_rule_is_whole() -> None:
    assert RULES
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "warning"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["expr"].count("(") == rule["expr"].count(")")
