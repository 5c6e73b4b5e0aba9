"""Who acts: a person with the post held at that moment, or the system itself. Looks nobody up and grants nothing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """One person in one post. `org_units` are the units whose tasks the person may see (own and below)."""

    user_id: str
    name: str
    post: str = ""
    org_unit: str | None = None
    district: str | None = None
    groups: frozenset[str] = field(default_factory=frozenset)
    org_units: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_system(self) -> bool:
        return self.user_id == "system"

    def as_dict(self) -> dict[str, str | None]:
        """What history keeps of an actor: who, under which name, in which post, of which unit."""
        return {"id": self.user_id, "name": self.name, "post": self.post, "org_unit": self.org_unit}


SYSTEM = Actor(user_id="system", name="系统", post="系统")
