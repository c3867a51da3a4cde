"""A file that cannot be collected. It is a failed test: it must not vanish from the results."""

import a_module_that_does_not_exist


def test_nobody_sees_this():
    assert a_module_that_does_not_exist
