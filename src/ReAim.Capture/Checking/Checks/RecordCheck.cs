using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the recording that was asked for can be written.</summary>
internal static class RecordCheck
{
    /// <summary>Looks. A file that is there stays as it is, one that is not is not left behind.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Options.Record is { } path && Refusal(path) is { } refusal)
        {
            yield return Finding.Refused(refusal);
        }
    }

    private static BadInputException? Refusal(string path)
    {
        try
        {
            bool wasThere = Path.Exists(path);
            NamedFile.Write("--record", path, name =>
            {
                LibC.OpenOwn(name).Dispose();
                return true;
            });
            if (!wasThere)
            {
                File.Delete(path);
            }

            return null;
        }
        catch (BadInputException refusal)
        {
            return refusal;
        }
    }
}
