import unittest


class Made(unittest.TestCase):
    def test_plain(self):
        pass

    def test_subtests(self):
        for i in range(4):
            with self.subTest(i=i):
                self.assertEqual(i % 2, 0)

    @unittest.skip("old")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_expected_failure(self):
        self.fail("as expected")


def _add(number):
    setattr(Made, "test_made_%d" % number, lambda self: self.assertLess(number, 2))


for n in range(3):
    _add(n)
