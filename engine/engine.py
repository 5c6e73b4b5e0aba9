"""The engine in one object: every command and every question, over one database. Adds nothing of its own."""

from __future__ import annotations

from engine.archive import Archive
from engine.catalogue import Catalogue
from engine.decisions import Decisions
from engine.deployment import Deployments
from engine.drafts import Drafts
from engine.inbox import Inbox
from engine.moving import Moves
from engine.publication import Publications
from engine.repairs import Repairs
from engine.replay import Replays
from engine.stopping import Stops
from engine.xes import Exports


class Engine(
    Deployments, Catalogue, Inbox, Repairs, Moves, Stops, Archive, Drafts, Publications, Decisions, Replays, Exports
):
    """Engine(database, registry=…, clock=…, services=…, settings=…). Thread-safe; make one a process."""
