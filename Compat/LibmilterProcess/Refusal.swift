/// The reason why a function returns `MI_FAILURE`, for the debugging output.
package struct Refusal: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
