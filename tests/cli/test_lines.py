"""JSON lines as they come in."""

import io

from cli.lines import LONGEST, Line, read


def numbers(content):
    return [(line.number, line.content, line.too_long) for line in read(io.BytesIO(content))]


def test_blank_lines_are_counted_and_passed_over():
    assert numbers(b"a\n\n  \r\nb") == [(1, b"a", False), (4, b"b", False)]


def test_a_line_of_the_longest_length_is_read():
    longest = b"x" * LONGEST
    assert numbers(longest + b"\r\nb\n") == [(1, longest, False), (2, b"b", False)]
    assert numbers(longest) == [(1, longest, False)]


def test_of_a_line_that_is_too_long_nothing_is_kept_and_the_next_is_read():
    assert numbers(b"x" * (LONGEST + 1) + b"\nb\n") == [(1, b"", True), (2, b"b", False)]
    assert numbers(b"x" * (3 * LONGEST)) == [(1, b"", True)]


def test_no_more_than_a_line_is_held():
    class Endless(io.BytesIO):
        asked = 0

        def readline(self, size=-1):
            assert 0 < size <= LONGEST + 2
            self.asked += 1
            return b"x" * size if self.asked < 50 else b"\n" if self.asked == 50 else b""

    assert list(read(Endless())) == [Line(1, b"", too_long=True)]
