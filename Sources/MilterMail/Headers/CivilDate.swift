/// A day of the Gregorian calendar.
struct CivilDate {
  static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  let year: Int
  /// The month, beginning with 1.
  let month: Int
  let day: Int
  let daysSince1970: Int

  /// The day of the week; 0 is Sunday.
  var weekday: Int { ((daysSince1970 + 4) % 7 + 7) % 7 }

  /// Creates the day with a number; years begin in March, so that a leap day is the last day of its year.
  init(daysSince1970: Int) {
    self.daysSince1970 = daysSince1970
    let days = daysSince1970 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let index = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * index + 2) / 5 + 1
    month = index < 10 ? index + 3 : index - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Creates a day; `nil` if it does not exist, such as February 30.
  init?(year: Int, month: Int, day: Int) {
    guard 1...12 ~= month, 1...31 ~= day, 1...9999 ~= year else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let date = Self(daysSince1970: era * 146_097 + dayOfEra - 719_468)
    guard date.month == month, date.day == day else { return nil }
    self = date
  }
}
