/// The settings from the command line.
struct Settings: Sendable {
  var sockets: [String] = []
  var ownNames: [String] = []
  var blockedDomains: [String] = []
  var tag = "[EXT]"
  var mostRecipients = 100
  var mostHops = 25
  var hashedBytes = 4096

  static let usage =
    "usage: doorman -p SOCKET [-n NAME]... [-d DOMAIN]... [-r COUNT] [-c COUNT] [-b BYTES] [-t TAG]"

  struct UsageError: Error {
    let reason: String
  }

  /// Makes the settings of a filter without options.
  init() {}

  /// Reads options, each of which has an argument.
  init(_ arguments: some Sequence<String>) throws {
    var rest = arguments.makeIterator()
    while let option = rest.next() {
      guard let argument = rest.next() else { throw UsageError(reason: "\(option): no argument") }
      switch option {
      case "-p": sockets.append(argument)
      case "-n": ownNames.append(argument)
      case "-d": blockedDomains.append(argument)
      case "-r": mostRecipients = try Self.number(argument)
      case "-c": mostHops = try Self.number(argument)
      case "-b": hashedBytes = try Self.number(argument)
      case "-t": tag = argument
      default: throw UsageError(reason: "\(option): no such option")
      }
    }
    guard !sockets.isEmpty else { throw UsageError(reason: "no socket") }
  }

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text), number >= 0 else {
      throw UsageError(reason: "\(text): not a number")
    }
    return number
  }
}
