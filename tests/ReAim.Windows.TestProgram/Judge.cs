namespace ReAim.Windows.TestProgram;

/// <summary>Counts facts that hold and facts that do not.</summary>
internal sealed class Judge(TextWriter output)
{
    private int _passed;
    private int _failed;

    /// <summary>A fact; it fails by throwing.</summary>
    public void Fact(string name, Action look)
    {
        try
        {
            look();
            _passed++;
            output.Write($"ok {name}\n");
        }
        catch (Exception failure)
        {
            _failed++;
            output.Write($"FAIL {name}: {failure.Message.ReplaceLineEndings(" ")}\n");
        }
    }

    /// <summary>Part of a fact.</summary>
    public static void That(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    /// <summary>The last line.</summary>
    /// <returns>The exit code.</returns>
    public int Conclude()
    {
        output.Write($"{_passed} passed, {_failed} failed\n");
        output.Flush();
        return _failed == 0 && _passed > 0 ? 0 : 1;
    }
}
