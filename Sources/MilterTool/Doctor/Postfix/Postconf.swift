import MilterCommandLine
import MilterSystem

/// Postfix's own programs, which evaluate its files.
struct Postconf: Sendable {
  /// The maximum time of a program.
  private static let patience = 60
  private static let places = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]

  private let program: String

  /// Finds the given program, or the installed one; `nil` if none is installed or the name is `none`.
  init?(_ named: String?) {
    if let named {
      guard named != "none" else { return nil }
      program = named
      return
    }
    guard let found = ProgramFile.find(["postconf"], alsoIn: Self.places) else { return nil }
    program = found
  }

  /// Evaluates parameters for a service.
  ///
  /// - Returns: The values of those that this Postfix knows.
  /// - Throws: `PostfixText.Mistake` with the program's error message.
  func values(
    _ names: [String], in directory: String, _ overrides: [PostfixService.Override]
  ) throws(PostfixText.Mistake) -> [String: String] {
    let own = overrides.flatMap { ["-o", "\($0.name)=\($0.value)"] }
    let answer = try run(program, ["-c", directory, "-x"] + own + names)
    guard answer.end == .status(0) else {
      throw .init(description: Self.words(answer.errors))
    }
    var values: [String: String] = [:]
    for line in answer.output.split(separator: "\n") {
      guard let (name, value) = try? PostfixText.assignment(line) else { continue }
      values[name] = value
    }
    return values
  }

  /// Looks a key up in a table.
  ///
  /// - Returns: The value; `nil` for a key that the table does not have.
  /// - Throws: `PostfixText.Mistake` if the table cannot be read.
  func look(
    up key: String, in table: String, of directory: String
  ) throws(PostfixText.Mistake) -> String? {
    let postmap =
      program.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/postmap"
    let answer = try run(postmap, ["-c", directory, "-q", key, table])
    if answer.end == .status(0) { return PostfixText.trimmed(answer.output[...]) }
    guard answer.errors.isEmpty else { throw .init(description: Self.words(answer.errors)) }
    return nil
  }

  /// Returns the first error message, without the program's name and the level.
  private static func words(_ errors: String) -> String {
    let line = errors.split(separator: "\n").first { $0.contains(": ") } ?? "it failed"
    return String(line.split(separator: ": ", maxSplits: 2).last ?? line)
  }

  private func run(
    _ program: String, _ arguments: [String]
  ) throws(PostfixText.Mistake) -> CapturedProgram {
    do throws(FileError) {
      let limit = Duration.seconds(Self.patience)
      if let run = try CapturedProgram(program, arguments, within: limit) { return run }
    } catch {
      throw .init(description: error.message)
    }
    throw .init(description: "\(program) has not answered within \(Self.patience) seconds")
  }
}
