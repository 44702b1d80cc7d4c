import Foundation

/// A small chart in SVG: grouped bars, or lines.
struct Chart {
  /// The shape and the axes.
  enum Style {
    case bars
    /// Lines, both axes from 0.
    case linear
    /// Lines with a logarithmic horizontal axis.
    case overLogarithmicPlaces
    /// Lines with two logarithmic axes, on which linear growth is a diagonal line.
    case logarithmic
  }

  static let width = 470.0
  static let height = 270.0
  private static let (left, right, top, bottom) = (56.0, 14.0, 30.0, 40.0)

  let title: String
  let axis: String
  let style: Style
  /// The names of the groups of bars.
  var names: [String] = []
  let series: [Series]

  static func color(_ target: TargetName) -> String {
    switch target {
    case .milterkit: "#e8590c"
    case .async: "#9b6bd3"
    case .dropin: "#f2a65a"
    case .libmilter: "#3b6ea5"
    case .floor: "#9aa0a6"
    }
  }

  private var points: [(x: Double, y: Double)] { series.flatMap(\.points) }

  /// Returns the chart as an SVG group at a position.
  func svg(x: Double, y: Double) -> String {
    let marks = style == .bars ? bars : lines
    return """
      <g transform="translate(\(Int(x)),\(Int(y)))">
      <text x="\(Int(Self.left))" y="18" font-size="13" font-weight="600">\(title)</text>
      \((valueTicks + placeTicks + marks).joined(separator: "\n"))
      <text x="\(Int((Self.left + Self.width) / 2))" y="\(Int(Self.height - 6))" \
      text-anchor="middle">\(axis)</text>
      </g>
      """
  }

  // MARK: Scales

  private func isLogarithmic(vertical: Bool) -> Bool {
    style == .logarithmic || (style == .overLogarithmicPlaces && !vertical)
  }

  private func share(_ value: Double, of values: [Double], vertical: Bool) -> Double {
    let top = values.max() ?? 1
    guard isLogarithmic(vertical: vertical) else { return top > 0 ? value / top : 0 }
    let bottom = values.filter { $0 > 0 }.min() ?? 1
    guard top > bottom, value > 0 else { return 0 }
    return log(value / bottom) / log(top / bottom)
  }

  private func horizontal(_ x: Double) -> Double {
    let width = Self.width - Self.left - Self.right
    if style == .bars { return Self.left + width * x / Double(max(1, names.count)) }
    return Self.left + width * share(x, of: points.map(\.x), vertical: false)
  }

  private func vertical(_ y: Double) -> Double {
    let height = Self.height - Self.top - Self.bottom
    return Self.height - Self.bottom - height * share(y, of: points.map(\.y), vertical: true)
  }

  // MARK: Marks

  private var bars: [String] {
    let group = (Self.width - Self.left - Self.right) / Double(max(1, names.count))
    let bar = group * 0.8 / Double(max(1, series.count))
    return series.enumerated().flatMap { index, one in
      one.points.map { point in
        let x = horizontal(point.x) + group * 0.1 + bar * Double(index)
        let y = vertical(point.y)
        return """
          <rect x="\(short(x))" y="\(short(y))" width="\(short(bar * 0.92))" \
          height="\(short(Self.height - Self.bottom - y))" fill="\(Self.color(one.target))"/>
          """
      }
    }
  }

  private var lines: [String] {
    series.map { one in
      let places = one.points.map { "\(short(horizontal($0.x))),\(short(vertical($0.y)))" }
      let dots = one.points.map { point in
        "<circle cx=\"\(short(horizontal(point.x)))\" cy=\"\(short(vertical(point.y)))\" r=\"3\"/>"
      }
      let color = Self.color(one.target)
      return """
        <polyline points="\(places.joined(separator: " "))" fill="none" stroke="\(color)" \
        stroke-width="2"/><g fill="\(color)">\(dots.joined())</g>
        """
    }
  }

  // MARK: Axes

  private var valueTicks: [String] {
    let values = points.map(\.y)
    guard let top = values.max(), top > 0 else { return [] }
    var ticks: [Double]
    if style == .logarithmic {
      let bottom = values.filter { $0 > 0 }.min() ?? top
      ticks = (-6...6).map { pow(10, Double($0)) }.filter { $0 >= bottom && $0 <= top }
      if ticks.isEmpty { ticks = [bottom, top] }
    } else {
      let step = Self.roundStep(top / 4)
      ticks = Array(stride(from: 0, through: top, by: step))
    }
    return ticks.map { tick in
      let y = short(vertical(tick))
      return """
        <line x1="\(Self.left)" x2="\(Self.width - Self.right)" y1="\(y)" y2="\(y)" \
        stroke="#ddd"/><text x="\(Self.left - 5)" y="\(y)" dy="4" text-anchor="end">\
        \(Self.label(tick))</text>
        """
    }
  }

  private var placeTicks: [String] {
    let y = Int(Self.height - Self.bottom + 14)
    if style == .bars {
      return names.enumerated().map { index, name in
        let x = short(horizontal(Double(index) + 0.5))
        return "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\">\(name)</text>"
      }
    }
    return Set(points.map(\.x)).sorted().map { place in
      let x = short(horizontal(place))
      return "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\">\(Self.label(place))</text>"
    }
  }

  private static func roundStep(_ value: Double) -> Double {
    let power = pow(10, log10(value).rounded(.down))
    return power * ([1, 2, 5].first { $0 * power >= value } ?? 10)
  }

  private static func label(_ value: Double) -> String {
    switch value {
    case 1_000_000...: String(format: "%gM", (value / 1e5).rounded() / 10)
    case 10_000...: String(format: "%gk", (value / 1e3).rounded())
    default: String(format: "%g", value)
    }
  }

  private func short(_ value: Double) -> String { String(format: "%.1f", value) }
}
