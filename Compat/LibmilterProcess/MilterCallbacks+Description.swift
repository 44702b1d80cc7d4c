package import MilterCore

extension MilterCallbacks {
  /// The callbacks in the order of C's structure.
  private static let order: [MilterCallback] = [
    .connect, .helo, .envfrom, .envrcpt, .header, .eoh, .body, .eom, .abort, .close, .unknown,
    .data,
    .negotiate,
  ]

  /// Creates the set of the callbacks in a description.
  ///
  /// - Parameter fields: The callbacks in the order of C's structure.
  package init<each Callback>(describedBy fields: repeat (each Callback)?) {
    self = []
    var rest = Self.order[...]
    for field in repeat each fields {
      guard let callback = rest.popFirst() else { return }
      if field != nil { insert(MilterCallbacks(callback)) }
    }
  }
}
