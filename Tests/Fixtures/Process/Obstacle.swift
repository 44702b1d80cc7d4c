import Foundation
import Glibc

/// Something in the place of a file that a program writes.
package enum Obstacle {
  /// The kinds of obstacles, in the words of our errors.
  package static let all = ["a directory", "a symbolic link", "a FIFO", "a socket"]

  /// Creates an obstacle.
  package static func make(_ what: String, at path: String) throws {
    let status =
      switch what {
      case "a directory": mkdir(path, 0o755)
      case "a symbolic link": symlink("/dev/null", path)
      case "a FIFO": mkfifo(path, 0o644)
      case "a socket": mknod(path, S_IFSOCK | 0o644, 0)
      default: throw HarnessError("\(what) cannot be made")
      }
    guard status == 0 else { throw HarnessError.system("making \(what)") }
  }

  /// Returns whether the obstacle is still there.
  package static func isThere(_ what: String, at path: String) throws -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return false }
    return switch what {
    case "a directory": status.st_mode & S_IFMT == S_IFDIR
    case "a symbolic link": status.st_mode & S_IFMT == S_IFLNK
    case "a FIFO": status.st_mode & S_IFMT == S_IFIFO
    case "a socket": status.st_mode & S_IFMT == S_IFSOCK
    default: throw HarnessError("\(what) is not known")
    }
  }
}
