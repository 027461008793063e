"""`Crash`: what a simulated death of the process looks like from inside."""

from posthouse.engine.points import Point


class Crash(BaseException):
    """The process died here, as far as a test is concerned."""

    def __init__(self, point: Point) -> None:
        super().__init__(f"the process died at {point.value!r}")
        self.point = point
