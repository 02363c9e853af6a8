"""Every registered emulator loads and is one of the identity providers known by name."""

from __future__ import annotations

import pytest

from integrations import idps
from scim.emulators import registry
from scim.emulators.emulator import Emulator


@pytest.mark.parametrize("idp", registry.EMULATORS)
def test_an_emulator_loads_under_the_id_of_its_idp(idp: str):
    loaded = registry.load(idp)

    assert issubclass(loaded, Emulator)
    assert loaded.idp == idp
    assert idp in idps.BY_ID


def test_an_idp_without_an_emulator_is_a_key_error():
    with pytest.raises(KeyError):
        registry.load("keycloak")
