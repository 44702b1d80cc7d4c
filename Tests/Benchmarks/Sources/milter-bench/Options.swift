/// The command line.
struct Options {
  var cases: [String] = []
  var targets = TargetName.allCases
  var transports = Transport.allCases
  var rounds = 5
  var seconds = 1.0
  var isPinned = false
  var isQuick = false
  var isBrief = false
  var listsCases = false
  var showsHelp = false
  var jsonFile: String?
  var svgFile: String?
  var earlierFile: String?

  static let help = """
    Measures filters on MilterKit, on the C drop-in, on libmilter, and a bare server (the floor).

    usage: swift run -c release milter-bench [option]…

      --cases A,B,…      only these, or those whose names begin so; see --list
      --targets A,B,…    of milterkit, async, dropin, libmilter, floor
      --transports A,B   of unix, tcp
      --rounds N         how often each target has its turn in each case (5)
      --seconds S        how long a turn lasts, where time makes the end (1)
      --pin              the load generator on the last processor, the target on the others
      --brief            what goals are set for, without the curves, half a second a turn
      --quick            everything small and once, to see whether it works
      --json FILE        also as JSON; - for standard output, instead of the table
      --svg FILE         also as a plot
      --from FILE        measures nothing: shows what an earlier run wrote as JSON
      --list             the cases and what they are
      --help             this

    The C drop-in is built with Compat/install.sh; SWIFT_MILTER_COMPAT_PREFIX names one that is
    installed already.
    """

  /// Reads the command line.
  init(_ arguments: some Sequence<String>) throws {
    var rest = arguments.makeIterator()
    while let option = rest.next() {
      func value() throws -> String {
        guard let value = rest.next() else { throw BenchError("\(option) needs a value") }
        return value
      }
      switch option {
      case "--cases": cases = Self.list(try value())
      case "--targets": targets = try Self.list(try value(), option)
      case "--transports": transports = try Self.list(try value(), option)
      case "--rounds": rounds = try Self.number(try value(), 1...1000, option)
      case "--seconds": seconds = try Self.number(try value(), 0.05...600, option)
      case "--json": jsonFile = try value()
      case "--svg": svgFile = try value()
      case "--from": earlierFile = try value()
      case "--pin": isPinned = true
      case "--brief": isBrief = true
      case "--quick": isQuick = true
      case "--list": listsCases = true
      case "--help", "-h": showsHelp = true
      default: throw BenchError("\(option): no such option; see --help")
      }
    }
    if isBrief { seconds = 0.5 }
    if isQuick { (rounds, seconds) = (1, 0.2) }
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",").map(String.init)
  }

  private static func list<Name: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ option: String
  ) throws -> [Name] {
    try list(text).map { word in
      guard let name = Name(rawValue: word) else {
        let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
        throw BenchError("\(option): \(word) is none of \(known)")
      }
      return name
    }
  }

  private static func number<Number: LosslessStringConvertible & Comparable>(
    _ text: String, _ range: ClosedRange<Number>, _ option: String
  ) throws -> Number {
    guard let number = Number(text), range.contains(number) else {
      throw BenchError(
        "\(option): \(text) is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Returns the requested cases.
  func selectedCases() throws -> [BenchCase] {
    for name in cases where !BenchCase.all.contains(where: { $0.name.hasPrefix(name) }) {
      throw BenchError("--cases: there is no case \(name); see --list")
    }
    return BenchCase.all.filter { one in
      cases.isEmpty && !(isBrief && one.point != nil) || cases.contains(one.name)
        || cases.contains { name in
          !BenchCase.all.contains { $0.name == name } && one.name.hasPrefix(name)
        }
    }
  }
}
