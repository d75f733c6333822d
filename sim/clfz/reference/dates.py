"""The calendar, class ages and grades (ODD 7.0)."""

from clfz.reference.inputs import Figures


class Dates:
    """Months are counted from the run's start: month 1 is the first simulated, 0 the one before."""

    def __init__(self, z: Figures) -> None:
        self._z = z

    def calendar_month(self, month: int) -> int:
        """1 for January to 12 for December."""
        return (self._z.start_month - 1 + month - 1) % 12 + 1

    def is_school_start(self, month: int) -> bool:
        """Whether the school year starts this month."""
        return self.calendar_month(month) == self._z.school_start

    def is_year_end(self, month: int) -> bool:
        """Whether this is the last month of the school year."""
        return self.calendar_month(month) == self._z.school_end

    def last_school_start(self, month: int) -> int:
        """`ref(t)`: the last school start at or before the month; it may be 0 or negative."""
        while not self.is_school_start(month):
            month -= 1
        return month

    def year_of_life(self, month: int, birth_month: int) -> int:
        """School years since birth: names a child's luck (7.5)."""
        return (self.last_school_start(month) - birth_month + 6) // 12

    def class_age(self, month: int, birth_month: int) -> int:
        """Age in years that counts at school, set at the last school start."""
        age = (self.last_school_start(month) - birth_month + 6) // 12
        return min(max(age, 5), 17)


def is_of_age(month: int, birth_month: int) -> bool:
    """Whether a child is 5-17 years old."""
    return 60 <= month - birth_month < 216


def right_grade(z: Figures, class_age: int) -> int:
    """The grade of a child that started in time and never repeated."""
    return max(0, class_age - z.entry_age)


def grade_gap(z: Figures, class_age: int, grade: int) -> int:
    """How many grades a child is behind."""
    return max(0, right_grade(z, class_age) - grade)
