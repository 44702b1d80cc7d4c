import MilterCommandLine
import Synchronization

/// A value that a filter's user may set on the command line.
///
/// Declare it as a static property and name it in ``MilterBase/programOptions``:
///
/// ```swift
/// @main
/// final class Patient: Milter {
///   private static let limit = MilterSetting(
///     "limit", argument: "COUNT", default: 50, help: "most recipients of a message")
///
///   override class var programOptions: [any MilterProgramOption] { [limit] }
///
///   @PerMessage private var recipients = 0
///
///   override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
///     recipients += 1
///     return recipients > Self.limit.value ? .tempfail : .continue
///   }
/// }
/// ```
///
/// The corresponding part of a C filter is the variable that its `getopt()` loop sets.
public final class MilterSetting<Value: Sendable>: MilterProgramOption {
  /// The option's name, without the dashes.
  public let name: String
  /// What `--help` calls the option's argument; nil for options without.
  public let argument: String?
  /// What the option is for, on one line.
  public let help: String
  /// Whether the program must not start without the option.
  public let isRequired: Bool
  private let current: Mutex<Value>
  private let read: @Sendable (String) throws -> Value

  /// Makes a setting of any type.
  ///
  /// - Parameters:
  ///   - name: the option's name, without the dashes.
  ///   - argument: what `--help` calls the option's argument; nil for options without.
  ///   - value: what it is unless the command line says otherwise.
  ///   - help: what it is for, on one line.
  ///   - read: makes a value of the argument, or throws what is wrong with it.
  public convenience init(
    _ name: String, argument: String?, default value: Value, help: String,
    read: @escaping @Sendable (String) throws -> Value
  ) {
    self.init(
      name, argument: argument, default: value, isRequired: false, help: help, read: read)
  }

  private init(
    _ name: String, argument: String?, default value: Value, isRequired: Bool, help: String,
    read: @escaping @Sendable (String) throws -> Value
  ) {
    self.name = name
    self.argument = argument
    self.help = help
    self.isRequired = isRequired
    self.read = read
    current = Mutex(value)
  }

  /// What the setting is now; may be asked for anywhere, and any time.
  public var value: Value { current.withLock { $0 } }

  /// Takes the option's argument.
  ///
  /// - Throws: what is wrong with it.
  public func take(_ text: String) throws {
    let value = try read(text)
    current.withLock { $0 = value }
  }
}

extension MilterSetting where Value == String {
  /// Makes a setting that is a text, such as the name of a file.
  ///
  /// - Parameters:
  ///   - name: the option's name, without the dashes.
  ///   - argument: what `--help` calls the option's argument.
  ///   - value: what it is unless the command line says otherwise.
  ///   - help: what it is for, on one line; the default is told behind it.
  public convenience init(
    _ name: String, argument: String, default value: String = "", help: String
  ) {
    let help = value.isEmpty ? help : "\(help); default \(value)"
    self.init(name, argument: argument, default: value, help: help) { $0 }
  }

  /// Makes a setting that is a text and that the program does not start without.
  ///
  /// The program of a filter whose required setting is missing ends with status 64 and "--text is
  /// required". Until the command line was read, the setting is empty.
  ///
  /// - Parameters:
  ///   - name: the option's name, without the dashes.
  ///   - argument: what `--help` calls the option's argument.
  ///   - help: what it is for, on one line; "required" follows it.
  public convenience init(required name: String, argument: String, help: String) {
    self.init(
      name, argument: argument, default: "", isRequired: true, help: "\(help); required"
    ) { $0 }
  }
}

extension MilterSetting where Value == Int {
  /// Makes a setting that is a number.
  ///
  /// - Parameters:
  ///   - name: the option's name, without the dashes.
  ///   - argument: what `--help` calls the option's argument.
  ///   - value: what it is unless the command line says otherwise.
  ///   - range: what it may be.
  ///   - help: what it is for, on one line; the default is told behind it.
  public convenience init(
    _ name: String, argument: String, default value: Int,
    in range: ClosedRange<Int> = 0...Int(Int32.max), help: String
  ) {
    self.init(
      name, argument: argument, default: value, help: "\(help); default \(value)"
    ) { text in
      try UsageError.number(text, name, range)
    }
  }
}

extension MilterSetting where Value == Bool {
  /// Makes a setting that is false unless the option is given.
  ///
  /// - Parameters:
  ///   - name: the option's name, without the dashes.
  ///   - help: what it is for, on one line.
  public convenience init(flag name: String, help: String) {
    self.init(name, argument: nil, default: false, help: help) { _ in true }
  }
}

extension MilterSetting where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// Makes a setting that is one of a few words.
  ///
  /// - Parameters:
  ///   - name: the option's name, without the dashes.
  ///   - value: what it is unless the command line says otherwise.
  ///   - help: what it is for, on one line; the default is told behind it.
  public convenience init(_ name: String, default value: Value, help: String) {
    let words = Value.allCases.map(\.rawValue)
    self.init(
      name, argument: words.joined(separator: "|"), default: value,
      help: "\(help); default \(value.rawValue)"
    ) { text in
      guard let value = Value(rawValue: text) else {
        throw UsageError("--\(name) \(text): not one of \(words.joined(separator: ", "))")
      }
      return value
    }
  }
}
