@preconcurrency import Glibc

/// Reads or writes mail of a size, for valgrind to count instructions.
///
/// ```
/// mail-count            prints the names of the cases
/// mail-count CASE SIZE  runs one of them
/// ```
@main
enum MailCount {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else {
      for (name, _) in MailWork.cases { print(name) }
      return
    }
    guard arguments.count == 3, let size = Int(arguments[2]),
      let work = MailWork.cases.first(where: { $0.key == arguments[1] })?.value
    else {
      fputs("usage: mail-count [CASE SIZE]\n", stderr)
      exit(64)
    }
    // The result is printed so that the optimizer cannot remove the work.
    print("\(arguments[1]) \(size): \(try work(size))")
  }
}
