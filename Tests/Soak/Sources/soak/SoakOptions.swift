/// The options of the command line.
struct SoakOptions {
  /// `soak-filter`, `soak-async`, `soak-filter-c`, or the path of another program that takes `--socket`.
  var filter = "soak-filter"
  var messages = 1_000_000
  var connections = 200
  /// The maximum duration in seconds; the test then ends with the messages sent so far.
  var seconds = Double.infinity
  var seed = 1
  /// Whether the filter reloads every few seconds.
  var reloads = false
  /// The seconds between two lines of output.
  var interval = 10.0

  static let usage = """
    usage: soak [--filter soak-filter|soak-async|soak-filter-c|PATH] [--messages N]
                [--connections N] [--seconds N] [--seed N] [--interval SECONDS] [--reload]
    """

  /// Reads the arguments; returns `nil` if they are invalid.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      if option == "--reload" {
        reloads = true
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      if option == "--filter" {
        filter = value
        continue
      }
      guard let number = Int(value), number > 0 else { return nil }
      switch option {
      case "--messages": messages = number
      case "--connections": connections = number
      case "--seconds": seconds = Double(number)
      case "--seed": seed = number
      case "--interval": interval = Double(number)
      default: return nil
      }
    }
  }
}
