using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Gateway.TestProgram;

/// <summary>Rules that only say what is done to them.</summary>
/// <param name="flaw">A file: while it is there, something is missing.</param>
/// <param name="stopFails">True if the queue cannot be taken away.</param>
internal sealed class TestRules(string? flaw, bool stopFails) : IRules
{
    public void Install() => Say("install");

    public string? Repair()
    {
        if (!File.Exists(flaw))
        {
            return null;
        }

        if (File.ReadAllText(flaw) == "throw")
        {
            throw new IOException("no program answers.");
        }

        Say("repair");
        File.Delete(flaw);
        return "a test's rules";
    }

    public void StopQueueing()
    {
        if (stopFails)
        {
            throw new IOException("no program answers.");
        }

        Say("stop queueing");
    }

    public void Remove() => Say("remove");

    private static void Say(string what) => Console.Error.WriteLine($"rules: {what}");
}
