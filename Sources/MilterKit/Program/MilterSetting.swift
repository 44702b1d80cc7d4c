import MilterCommandLine
import MilterRuntime
import MilterSystem

/// A filter's setting that the user can set on the command line, in the environment, or in a configuration
/// file.
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
/// SIGHUP reloads the configuration file. A connection keeps the value with which it began.
///
/// The corresponding part of a C filter is the variable that its `getopt()` loop sets.
public final class MilterSetting<Value: Sendable>: MilterProgramOption {
  /// The option's name, without the dashes.
  public let name: String
  /// The name of the option's argument in `--help`; `nil` for an option without an argument.
  public let argument: String?
  /// The purpose of the option, on one line.
  public let help: String
  /// Whether the program must not start without the option.
  public let isRequired: Bool
  /// The default value in the form of an argument.
  public let defaultText: String?

  private struct State {
    /// The value at the start.
    var value: Value
    /// The arguments of the value.
    var arguments: [String] = []
    /// The values of later reloads that connections still use.
    var later: [Later] = []
  }
  private struct Later {
    weak var epoch: SettingsEpoch?
    let value: Value
  }
  private let state: SystemMutex<State>
  private let defaultValue: Value
  /// Whether the option is repeatable.
  public let isRepeatable: Bool
  /// Creates the value from all arguments.
  ///
  /// The list is not empty.
  private let read: @Sendable ([String]) throws -> Value

  /// Creates a setting of any type.
  ///
  /// - Parameters:
  ///   - name: The option's name, without the dashes.
  ///   - argument: The name of the option's argument in `--help`; `nil` for an option without an argument.
  ///   - value: The default.
  ///   - help: Its purpose, on one line.
  ///   - read: Creates a value from the argument, or throws an error that describes the mistake in it.
  public convenience init(
    _ name: String, argument: String?, default value: Value, help: String,
    read: @escaping @Sendable (String) throws -> Value
  ) {
    self.init(
      name, argument: argument, default: value, written: nil, isRequired: false, help: help,
      read: read)
  }

  private convenience init(
    _ name: String, argument: String?, default value: Value, written text: String?,
    isRequired: Bool = false, help: String,
    read: @escaping @Sendable (String) throws -> Value
  ) {
    self.init(
      name, argument: argument, default: value, written: text, isRequired: isRequired,
      isRepeatable: false, help: help
    ) { try $0.map(read).last ?? value }
  }

  private init(
    _ name: String, argument: String?, default value: Value, written text: String?,
    isRequired: Bool = false, isRepeatable: Bool, help: String,
    readAll read: @escaping @Sendable ([String]) throws -> Value
  ) {
    self.name = name
    self.argument = argument
    self.help = help
    self.isRequired = isRequired
    self.read = read
    self.isRepeatable = isRepeatable
    defaultText = text
    defaultValue = value
    state = SystemMutex(State(value: value))
  }

  /// `true`: new connections get the value of a reload.
  public var isReloadable: Bool { true }

  /// The value: in a callback, the value with which the connection began; otherwise, the current value.
  ///
  /// May be called from any thread.
  public var value: Value {
    let epoch = SettingsEpoch.current
    return state.withLock { state in
      state.later.last { $0.epoch === epoch && epoch != nil }?.value ?? state.value
    }
  }

  /// Takes the option's argument.
  ///
  /// - Throws: An error that describes the mistake in it: ``MilterUsageError`` if the value is a number, one of a
  ///   few words, or a list of networks; `FileError` if the file with the networks cannot be read; otherwise the
  ///   error of the closure with which the setting was created.
  public func take(_ text: String) throws {
    let arguments = isRepeatable ? state.withLock { $0.arguments } + [text] : [text]
    let value = try read(arguments)
    state.withLock { ($0.value, $0.arguments) = (value, arguments) }
  }

  /// Reads the arguments of a reload; see ``MilterProgramOption/change(to:)``.
  ///
  /// - Throws: The same errors as ``take(_:)``.
  public func change(to arguments: [String]) throws -> @Sendable () -> Void {
    let value = try arguments.isEmpty ? defaultValue : read(arguments)
    return { [self] in
      guard let epoch = SettingsEpoch.current else { return }
      state.withLock { state in
        state.later.removeAll { $0.epoch == nil }
        state.later.append(Later(epoch: epoch, value: value))
      }
    }
  }
}

extension MilterSetting where Value: RangeReplaceableCollection {
  /// Creates a setting whose value is a list; each use of the option adds to the list.
  ///
  /// - Parameters:
  ///   - name: The option's name, without the dashes.
  ///   - argument: The name of the option's argument in `--help`.
  ///   - help: Its purpose, on one line.
  ///   - read: Creates the list from all arguments so far, or throws an error that describes the mistake in
  ///     them.
  public convenience init(
    each name: String, argument: String, help: String,
    read: @escaping @Sendable ([String]) throws -> Value
  ) {
    self.init(
      name, argument: argument, default: Value(), written: nil, isRepeatable: true, help: help,
      readAll: read)
  }
}

extension MilterSetting where Value == String {
  /// Creates a setting whose value is text, such as a file name.
  ///
  /// - Parameters:
  ///   - name: The option's name, without the dashes.
  ///   - argument: The name of the option's argument in `--help`.
  ///   - value: The default.
  ///   - help: Its purpose, on one line; `--help` prints the default after it.
  public convenience init(
    _ name: String, argument: String, default value: String = "", help: String
  ) {
    self.init(
      name, argument: argument, default: value, written: value.isEmpty ? nil : value, help: help
    ) { $0 }
  }

  /// Creates a required setting whose value is text.
  ///
  /// Without the setting, the program ends with status 64 and the message "--text is required". Before the
  /// command line is read, the value is empty.
  ///
  /// - Parameters:
  ///   - name: The option's name, without the dashes.
  ///   - argument: The name of the option's argument in `--help`.
  ///   - help: Its purpose, on one line; "required" follows it.
  public convenience init(required name: String, argument: String, help: String) {
    self.init(
      name, argument: argument, default: "", written: nil, isRequired: true,
      help: "\(help); required"
    ) { $0 }
  }
}

extension MilterSetting where Value == Int {
  /// Creates a setting whose value is a number.
  ///
  /// - Parameters:
  ///   - name: The option's name, without the dashes.
  ///   - argument: The name of the option's argument in `--help`.
  ///   - value: The default.
  ///   - range: The allowed values.
  ///   - help: Its purpose, on one line; `--help` prints the default after it.
  public convenience init(
    _ name: String, argument: String, default value: Int,
    in range: ClosedRange<Int> = 0...Int(Int32.max), help: String
  ) {
    self.init(
      name, argument: argument, default: value, written: "\(value)", help: help
    ) { text in
      do throws(UsageError) {
        return try UsageError.number(text, name, range)
      } catch {
        throw MilterUsageError(error.mistake)
      }
    }
  }
}

extension MilterSetting where Value == Bool {
  /// Creates a setting that is `false` unless the option is given.
  ///
  /// - Parameters:
  ///   - name: The option's name, without the dashes.
  ///   - help: Its purpose, on one line.
  public convenience init(flag name: String, help: String) {
    self.init(name, argument: nil, default: false, written: nil, help: help) { _ in true }
  }
}

extension MilterSetting where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// Creates a setting whose value is one of a few words.
  ///
  /// - Parameters:
  ///   - name: The option's name, without the dashes.
  ///   - value: The default.
  ///   - help: Its purpose, on one line; `--help` prints the default after it.
  public convenience init(_ name: String, default value: Value, help: String) {
    let words = Value.allCases.map(\.rawValue)
    self.init(
      name, argument: words.joined(separator: "|"), default: value, written: value.rawValue,
      help: help
    ) { text in
      do throws(UsageError) {
        return try UsageError.word(text, name)
      } catch {
        throw MilterUsageError(error.mistake)
      }
    }
  }
}
