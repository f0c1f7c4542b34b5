"""Escalations go on by the policy with which they began: every version that ever was in force is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.ids import PolicyId
from bot.domain.rules import Policy, Rules
from bot.services.ports import Unit


@dataclass(frozen=True, slots=True)
class KeepPolicies:
    """A chore: the policies in force are on the disk. Returns all that are, by `name@version`."""

    rules: Rules

    async def apply(self, unit: Unit) -> Mapping[PolicyId, Policy]:
        await unit.keep_policies([one for one in self.rules.policies.values() if one.version])
        return await unit.kept_policies()
