"""Tables, plots and the last line."""

import collections
import statistics

Extra = collections.namedtuple("Extra", "name title form")
# What only some sides have.
EXTRAS = [Extra("p50_ms", "p50 ms", "{:.1f}"), Extra("p99_ms", "p99 ms", "{:.1f}"),
          Extra("commit_p50_ms", "from commit, p50 ms", "{:.2f}"),
          Extra("commit_p99_ms", "from commit, p99 ms", "{:.2f}"),
          Extra("half_p50_ms", "at half the rate: p50 ms", "{:.1f}"), Extra("half_p99_ms", "p99 ms", "{:.1f}"),
          Extra("half_most_ms", "at most ms", "{:.1f}"),
          Extra("cpu_us", "servers' CPU µs each", "{:.1f}"), Extra("load_cpu_us", "load's CPU µs each", "{:.1f}"),
          Extra("behind", "follower behind", "{:.0%}")]

def summary(figures):
    """Of one side's runs: median and spread of what it did in a second, medians of everything else."""
    rates = sorted(one["per_second"] for one in figures)
    median = statistics.median(rates)
    others = {name: round(statistics.median(one[name] for one in figures), 3)
              for name in figures[0] if name not in ("per_second", "seconds", "in_all", "begin_us")}
    return {"median": round(median), "least": round(rates[0]), "most": round(rates[-1]),
            "spread": round((rates[-1] - rates[0]) / median, 3) if median else 0.0, "runs": len(rates), **others}


def ratio(ours, theirs):
    """Round by round, as what else the machine does changes from round to round; of these the median."""
    return round(statistics.median(one / other for one, other in zip(ours, theirs)), 2)


def measured_row(row, runs):
    sides = [{"side": side.name, "durability": side.durability, "encryption": side.encryption, "ours": side.ours,
              "key": side.key} | summary(figures) for side, figures in zip(row.sides, runs)]
    rates = [[one["per_second"] for one in figures] for figures in runs]
    for side, theirs in zip(sides, rates):
        side["ratios"] = {one["key"]: ratio(ours, theirs) for one, ours in zip(sides, rates) if one["ours"]}
    return {"row": row.name, "title": row.title, "unit": row.unit, "sides": sides,
            "columns": row.columns, "notes": row.notes}


def markdown(measured):
    """One line per side; a peer's last cells are what ours do in its time."""
    columns = measured["columns"]
    extras = [extra for extra in EXTRAS if any(extra.name in side for side in measured["sides"])]
    heads = ["side", "durability", "encryption", f"median {measured['unit']}/s", "spread"]
    heads += [extra.title for extra in extras]
    heads += [f"{key} to it" for key in columns]
    lines = [f"### {measured['row']}: {measured['title']}", "", "| " + " | ".join(heads) + " |",
             "|" + "|".join("---" if i < 3 else "---:" for i in range(len(heads))) + "|"]
    for side in measured["sides"]:
        cells = [side["side"] + (f" [{side['key']}]" if side["ours"] else ""), side["durability"], side["encryption"],
                 f"{side['median']:,}", f"{side['spread']:.0%}"]
        cells += [extra.form.format(side[extra.name]) if extra.name in side else "" for extra in extras]
        cells += ["" if side["ours"] else f"{side['ratios'][key]:.2f}" for key in columns]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines + ["", *measured["notes"], ""])


def plot(measured, file):
    """Bars of the medians, from the least to the most of the runs."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    sides = list(reversed(measured["sides"]))
    names = [f"{side['side']} ({side['encryption']})" for side in sides]
    medians = [side["median"] for side in sides]
    errors = [[side["median"] - side["least"] for side in sides], [side["most"] - side["median"] for side in sides]]
    figure, axes = pyplot.subplots(figsize=(9, 0.4 * len(sides) + 1.2))
    axes.barh(names, medians, xerr=errors, color=["#2a6f97" if side["ours"] else "#adb5bd" for side in sides])
    axes.set_xlabel(f"{measured['unit']} per second")
    axes.set_title(measured["title"])
    figure.tight_layout()
    figure.savefig(file, format="svg", metadata={"Date": None})
    pyplot.close(figure)


def curve_markdown(curve):
    columns = list(curve.points[0])
    lines = [f"### {curve.name}: {curve.title}", "", "| " + " | ".join(columns) + " |",
             "|" + "|".join("---" if isinstance(curve.points[0][one], str) else "---:" for one in columns) + "|"]
    for point in curve.points:
        lines.append("| " + " | ".join(value if isinstance(value, str) else f"{value:,}" for value in point.values()) + " |")
    lines += ["", *curve.notes, *(f"{name.replace('_', ' ')}: {value}" for name, value in curve.figures.items())]
    return "\n".join(lines + [""])


def plot_curve(curve, file):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(7, 3.6))
    for column in curve.y:
        axes.plot([one[curve.x] for one in curve.points], [one[column] for one in curve.points], marker="o", label=column)
    axes.set_xscale(curve.scale)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(curve.x)
    axes.set_title(curve.title)
    axes.legend()
    figure.tight_layout()
    figure.savefig(file, format="svg", metadata={"Date": None})
    pyplot.close(figure)
