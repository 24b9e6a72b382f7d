using System.Globalization;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Monitoring;

/// <summary>
/// What happens, one line each. A burst that a stranger could cause is cut: after a hundred lines within ten seconds the
/// rest is only counted. What is said of ports that are opened counts for itself, so that no other burst hides it. Any thread may write.
/// </summary>
/// <param name="output">Where the lines go.</param>
internal sealed class EventLog(ILogOutput output)
{
    private const int StandardError = 2;
    private const int MaxLines = 100;
    private const long Window = 10_000;

    private readonly Lock _lock = new();
    private long _windowEnds;
    private int _lines;
    private int _openings;
    private long _left;

    /// <summary>A log of text.</summary>
    /// <param name="output">Where the lines go.</param>
    /// <param name="showsTime">False if whoever reads the lines adds the time.</param>
    /// <param name="isReady">As <see cref="TextLog"/> has it.</param>
    public EventLog(TextWriter output, bool showsTime, Func<bool>? isReady = null)
        : this(new TextLog(output, showsTime, isReady))
    {
    }

    /// <summary>What every line begins with, such as <c>dry run: </c>.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The log of this process: its standard error, which the journal reads if systemd started it.</summary>
    public static EventLog OfProcess(TextWriter error) =>
        new(error, Environment.GetEnvironmentVariable("JOURNAL_STREAM") is null, IsStandardErrorReady);

    /// <summary>Writes a line.</summary>
    /// <param name="sentence">A sentence with its full stop, made safe for a terminal.</param>
    public void Say(string sentence) => Say(sentence, ref _lines);

    /// <summary>Writes a line about a port that is opened.</summary>
    /// <param name="sentence">A sentence with its full stop, made safe for a terminal.</param>
    public void SayOpened(string sentence) => Say(sentence, ref _openings);

    /// <summary>Says how many lines were left out, if any.</summary>
    public void SayLeft()
    {
        lock (_lock)
        {
            if (_left > 0 && output.IsReady)
            {
                Write(string.Create(CultureInfo.InvariantCulture, $"{_left} lines were left out: too many came at once, or nobody read them."));
                _left = 0;
            }
        }
    }

    private void Say(string sentence, ref int lines)
    {
        lock (_lock)
        {
            long now = Environment.TickCount64;
            if (now >= _windowEnds)
            {
                SayLeft();
                (_windowEnds, _lines, _openings) = (now + Window, 0, 0);
            }

            if (lines++ >= MaxLines || !output.IsReady)
            {
                _left++;
                return;
            }

            Write(sentence);
        }
    }

    private static bool IsStandardErrorReady()
    {
        Span<PollDescriptor> file = [new() { Descriptor = StandardError, Events = PollDescriptor.Writable }];
        return LibC.Poll(file, 0) > 0;
    }

    private void Write(string sentence) => output.Write(Prefix + sentence);
}
