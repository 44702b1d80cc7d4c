/// A program's report on its filter's callbacks before mail arrives.
///
/// The library never calls a method that only resembles a callback, without `override` or with other
/// parameters. The filter then accepts mail that it should stop.
package struct CallbackReport {
  private let type: MilterBase.Type

  package init(_ type: MilterBase.Type) { self.type = type }

  /// Logs the callbacks in use, or a warning if no callback gets mail.
  package func write(to log: MilterLog) {
    let callbacks = MilterCallback.allCases.filter { type.callbacks.contains(MilterCallbacks($0)) }
    let names = callbacks.map(\.description).joined(separator: ", ")
    guard type.callbacks.isDisjoint(with: Self.mail) else {
      log.notice("\(type.name): callbacks in use: \(names)")
      return
    }
    log.warning(
      "\(type.name): callbacks in use: \(names.isEmpty ? "none" : names + " only"); every message is "
        + "accepted. Only methods with \"override\" and a callback's own parameters are called, such "
        + "as \"override func envfrom(_ sender: String, _ args: [String]) throws -> Status\"")
  }

  /// The callbacks that get data from a client, and can refuse it.
  private static let mail = MilterCallbacks.all.subtracting([.negotiate, .abort, .close])
}
