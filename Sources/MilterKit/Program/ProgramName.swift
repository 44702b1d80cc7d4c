import MilterSystem

/// The name of the program, for the class whose `main()` the program runs.
enum ProgramName {
  private static let main = SystemMutex<(filter: ObjectIdentifier, name: String)?>(nil)

  /// Names a class after the program.
  ///
  /// - Parameters:
  ///   - filter: the class that is run.
  ///   - path: the program, as the command line has it; without a file name the class keeps its own.
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
