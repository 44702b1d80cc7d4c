import MilterMail
import MilterRandomFixtures
import Testing

struct MailDateTests {
  @Test(arguments: [
    ("Fri, 21 Nov 1997 09:55:06 -0600", 880_127_706, "Fri, 21 Nov 1997 09:55:06 -0600"),
    ("Tue, 1 Jul 2003 10:52:37 +0200", 1_057_049_557, "Tue, 1 Jul 2003 10:52:37 +0200"),
    ("Thu, 13 Feb 1969 23:32:54 -0330", -27_723_426, "Thu, 13 Feb 1969 23:32:54 -0330"),
    (
      "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 "
        + "(Newfoundland Time)", -27_723_480, "Thu, 13 Feb 1969 23:32:00 -0330"
    ),
    ("21 Nov 97 09:55:06 GMT", 880_106_106, "Fri, 21 Nov 1997 09:55:06 +0000"),
    (
      "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880_127_706,
      "Fri, 21 Nov 1997 09:55:06 -0600"
    ),
  ])
  func `The examples of RFC 5322, appendix A`(_ value: String, _ seconds: Int, _ written: String)
    throws
  {
    let date = try #require(MailDate(value))
    #expect(date.secondsSince1970 == seconds)
    #expect("\(date)" == written)
  }

  @Test(arguments: [
    ("1 Jan 00 0:00 EST", "Sat, 1 Jan 2000 00:00:00 -0500"),
    ("1 Jan 49 00:00:00 UT", "Fri, 1 Jan 2049 00:00:00 +0000"),
    ("1 Jan 50 00:00:00 Z", "Sun, 1 Jan 1950 00:00:00 +0000"),
    ("1 Jan 100 00:00:00 A", "Sat, 1 Jan 2000 00:00:00 -0000"),
    ("Mon 29 FEBRUARY 2016 23:59:60 +0000", "Tue, 1 Mar 2016 00:00:00 +0000"),
    ("29 Feb 2000 12:00:00", "Tue, 29 Feb 2000 12:00:00 -0000"),
    ("1 Jan 2000 00:00:00 -0000", "Sat, 1 Jan 2000 00:00:00 -0000"),
    ("1 Jan 1900 00:00:00 +0000", "Mon, 1 Jan 1900 00:00:00 +0000"),
    ("31 Dec 9999 23:59:59 +0000", "Fri, 31 Dec 9999 23:59:59 +0000"),
  ])
  func `Text of real mail`(_ value: String, _ written: String) {
    #expect(MailDate(value).map { "\($0)" } == written)
    #expect(MailDate(written) == MailDate(value))
  }

  @Test(arguments: [
    "", "now", "Fri", "30 Feb 2000 00:00 +0000", "29 Feb 2100 00:00 +0000",
    "0 Jan 2000 00:00 +0000",
    "1 Jan 2000 24:00 +0000", "1 Jan 2000 00:60 +0000", "1 Jan 2000 00:00:61 +0000",
    "1 Jan 2000 00:00 +00", "1 Jan 2000 00:00 +0060", "1 Jan 2000 00:00 + 0000 x",
    "1 Jan 1899 00:00 +0000",
    "1 Jan 10000 00:00 +0000", "1 Jam 2000 00:00 +0000", "99999999999999999999 Jan 2000 0:0 Z",
    "1 Jan 2000 00:00 (open", "Foo, 1 Jan 2000 00:00 Z", "31 Dec 9999 23:59:60 +0000",
    "1 Jan 1900 00:00:00 +0001", "2000-01-01T00:00:00Z",
  ])
  func `An invalid date is refused`(_ value: String) {
    #expect(MailDate(value) == nil)
  }

  @Test
  func `A date is built from numbers, as far as it can be written`() {
    #expect(
      MailDate(secondsSince1970: 0, minutesFromUTC: -90).map { "\($0)" }
        == "Wed, 31 Dec 1969 22:30:00 -0130")
    #expect(
      MailDate(secondsSince1970: 0, minutesFromUTC: 60, hasZone: false).map { "\($0)" }
        == "Thu, 1 Jan 1970 00:00:00 -0000")
    for (seconds, minutes) in [(Int.max, 0), (.min, 0), (0, .max), (0, .min), (0, 6000)] {
      let date = MailDate(secondsSince1970: seconds, minutesFromUTC: minutes)
      #expect(date == nil, "\(seconds) s, \(minutes) min")
    }
  }

  @Test
  func `Python reads and writes the same dates`() throws {
    var random = SplitMix64(seed: 5322)
    let dates = (0..<300).compactMap { _ in
      MailDate(
        secondsSince1970: Int.random(in: -2_000_000_000...250_000_000_000, using: &random),
        minutesFromUTC: Int.random(in: -900...900, using: &random), hasZone: !random.oneIn(5))
    }
    let written = dates.map { "\($0)" }
    let others = [
      "21 Nov 97 09:55:06 GMT", "Thu, 1 May 2003 1:02 EDT", "Thu 1 May 2003 01:02:03 +0530",
      "Sat, 29 Feb 2020 23:59:59 -1200 (comment)",
    ]
    let values = written + others
    let answers = try PythonEmail.ask("date", values.map { Array($0.utf8) })
    #expect(answers.count == values.count)
    for (value, answer) in zip(values, answers) {
      let date = try #require(MailDate(value))
      // Python writes a day below 10 with a leading zero.
      let (moment, text) = (date.secondsSince1970, "\(date)")
      #expect(answer.replacing(", 0", with: ", ") == "\(moment) \(text)")
    }
  }
}
