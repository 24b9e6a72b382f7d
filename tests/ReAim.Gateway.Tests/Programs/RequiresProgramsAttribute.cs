using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>Skips loudly where programs of the system are missing.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class RequiresProgramsAttribute(params string[] programs) : NUnitAttribute, IApplyToTest
{
    private static readonly string[] s_folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    public void ApplyToTest(Test test)
    {
        string[] missing = [.. programs.Where(program => !IsThere(program))];
        if (test.RunState is RunState.Runnable && missing.Length > 0)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, $"NOT TESTED: {string.Join(", ", missing)} not installed (tests/full.sh installs what it can).");
        }
    }

    /// <summary>Whether a program is installed.</summary>
    public static bool IsThere(string program) => s_folders.Any(folder => File.Exists(Path.Combine(folder, program)));
}
