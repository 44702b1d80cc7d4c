import MilterMail
import MilterProcesses

/// Python's `email` package, another program that reads and writes mail.
enum PythonEmail {
  private static let folder = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()

  /// Calls a function of `Python/mail.py` for each input.
  ///
  /// - Parameters:
  ///   - function: The function's name.
  ///   - inputs: The arguments of the calls, one after the other.
  /// - Returns: The result for each input.
  /// - Throws: An error if Python does not answer.
  static func ask(_ function: String, _ inputs: [[UInt8]]) throws -> [String] {
    let lines = inputs.flatMap { Base64.encode($0, lineLength: nil) + [UInt8(ascii: "\n")] }
    let result = try Subprocess.succeed(
      "/usr/bin/python3", ["\(folder)/Python/mail.py", function], input: lines)
    return result.output.split(separator: "\n").map {
      String(decoding: Base64.decode($0.utf8) ?? [], as: UTF8.self)
    }
  }
}
