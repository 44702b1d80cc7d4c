/// A program's report on its filter's callbacks before mail arrives.
///
/// A method that only looks like a callback, without `override` or with other parameters, is never
/// called: the filter then accepts mail that it should stop.
package struct CallbackReport {
  private let type: MilterBase.Type

  package init(_ type: MilterBase.Type) { self.type = type }

  /// Lists the callbacks in use; warns if none of them sees mail.
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

  /// The callbacks that are called with what a client sends, and can stop it.
  private static let mail = MilterCallbacks.all.subtracting([.negotiate, .abort, .close])
}
