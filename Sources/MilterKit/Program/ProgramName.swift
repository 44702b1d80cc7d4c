import MilterSystem

/// The name of the program, for the class whose `main()` the program runs.
enum ProgramName {
  private static let main = SystemMutex<(filter: ObjectIdentifier, name: String)?>(nil)

  /// Names a class after the program.
  ///
  /// - Parameters:
  ///   - filter: The class of the program.
  ///   - path: The program's path from the command line. Without a file name, the class keeps its name.
  static func set(_ filter: MilterBase.Type, _ path: String?) {
    guard let name = path?.split(separator: "/").last else { return }
    main.withLock { $0 = (ObjectIdentifier(filter), String(name)) }
  }

  /// The program's name if it runs this class, otherwise `nil`.
  static func of(_ filter: MilterBase.Type) -> String? {
    main.withLock { main in
      guard let main, main.filter == ObjectIdentifier(filter) else { return nil }
      return main.name
    }
  }
}
