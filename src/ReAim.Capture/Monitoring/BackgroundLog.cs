using System.Collections.Concurrent;

namespace ReAim.Capture.Monitoring;

/// <summary>Writes on a thread of its own, where nobody can tell beforehand whether a reader keeps writers waiting.</summary>
internal sealed class BackgroundLog : ILogOutput, IDisposable
{
    private const int Places = 256;

    /// <summary>A program that ends does not wait longer for its last sentences to be written.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromMilliseconds(500);

    private readonly BlockingCollection<string> _sentences = new(Places);
    private readonly ILogOutput _output;
    private readonly Thread _thread;

    /// <summary>Begins.</summary>
    /// <param name="output">Where the sentences go in the end.</param>
    public BackgroundLog(ILogOutput output)
    {
        _output = output;
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool IsReady => !_sentences.IsAddingCompleted && _sentences.Count < Places;

    /// <inheritdoc/>
    public void Write(string sentence)
    {
        try
        {
            _sentences.TryAdd(sentence);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    /// <summary>Writes what is left.</summary>
    public void Dispose()
    {
        _sentences.CompleteAdding();
        _thread.Join(EndPatience);
    }

    private void WriteAll()
    {
        foreach (string sentence in _sentences.GetConsumingEnumerable())
        {
            _output.Write(sentence);
        }
    }
}
