"""The people of the demo's company. None of them exists."""

from __future__ import annotations

from django.utils.text import slugify

from scim.emulators.people import Person

DOMAIN = "northwind.example"
BY_DEPARTMENT = {
    "Marketing": (
        "Amara Osei",
        "Björn Halvorsen",
        "Camila Duarte",
        "Deniz Aksoy",
        "Elsa Lindqvist",
        "Farid Rahimi",
        "Greta Vogel",
        "Hana Sato",
    ),
    "Sales": (
        "Ines Carvalho",
        "Jonas Weber",
        "Kofi Mensah",
        "Leila Haddad",
        "Marco Bianchi",
        "Nadia Petrova",
        "Oskar Nowak",
        "Priya Raman",
    ),
    "Finance": (
        "Quentin Moreau",
        "Rosa Jimenez",
        "Samuel Okoro",
        "Tara Whitfield",
        "Umar Siddiqui",
        "Vera Horvat",
        "Wen Zhao",
        "Ximena Rojas",
    ),
    "Engineering": (
        "Yusuf Demir",
        "Zofia Kowalska",
        "Arjun Nair",
        "Beatriz Pinto",
        "Callum Fraser",
        "Dalia Mizrahi",
        "Emil Sorensen",
        "Fatou Diallo",
    ),
    "People": (
        "Gabriel Santos",
        "Helga Brandt",
        "Ivan Marek",
        "Jia Lin",
        "Katja Virtanen",
        "Liam Gallagher",
        "Mei Tanaka",
        "Nils Eriksen",
    ),
}
# Whom a connection test makes and removes, with an IdP whose test does that.
TESTER = Person(
    user_name=f"scim-test@{DOMAIN}",
    email=f"scim-test@{DOMAIN}",
    given_name="SCIM",
    family_name="Test",
    display_name="SCIM Test",
)


def of(departments: tuple[str, ...]) -> list[Person]:
    """Everyone of these departments; the same person, with the same number, for every app."""
    named = [(department, name) for department, names in BY_DEPARTMENT.items() for name in names]
    everyone = [_person(number, name, department) for number, (department, name) in enumerate(named, 1)]
    return [person for person in everyone if person.department in departments]


def _person(number: int, name: str, department: str) -> Person:
    given_name, family_name = name.split(" ")
    address = f"{slugify(name).replace('-', '.')}@{DOMAIN}"
    return Person(
        user_name=address,
        email=address,
        given_name=given_name,
        family_name=family_name,
        display_name=name,
        employee_number=str(100_000 + number),
        department=department,
    )
