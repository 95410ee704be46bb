"""Roles: what fields of such names would become, before any was answered."""

from leads.config.schema import Source
from leads_cli.importing.plan.columns import Role, roles


def source(**rules: object) -> Source:
    return Source.model_validate({"provider": "json", "campaign": "news", **rules})


def test_the_names_tell() -> None:
    """Each field that may be a lead's, in the order in which it is asked; what else there is is left out."""
    names = ["Work email", "E-Mail", "Vorname", "Name", "Plan"]
    assert roles(names, source()) == {
        "E-Mail": Role("email", 0),
        "Work email": Role("email", 1),
        "Vorname": Role("firstName"),
        "Name": Role("lastName"),
    }


def test_the_rules_tell() -> None:
    """What a source names is as it says; custom fields have the names of the allow list."""
    names = ["email", "Your role", "Job title", "Team Size", "Plan", "Notes"]
    rules = source(fields={"jobTitle": "Your role", "size": "Team Size"}, custom_fields=("plan",))
    assert roles(names, rules) == {
        "email": Role("email"),
        "Your role": Role("jobTitle"),
        "Team Size": Role("size"),
        "Plan": Role("plan"),
    }
    everything = roles(names, source(custom_fields=("*",)))
    assert {name for name, role in everything.items() if role.field == name} == {"email", "Team Size", "Plan", "Notes"}
