using System.Runtime.Versioning;

namespace ReAim.Capture.Windows.Interop;

/// <summary>Functions of advapi32.dll: what a service is besides its command line.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Advapi32
{
    // SERVICE_CONFIG_DESCRIPTION and its neighbours (winsvc.h).
    private const uint Description = 1;
    private const uint FailureActions = 2;
    private const uint DelayedStart = 3;
    private const uint FailureFlag = 4;

    /// <summary>SC_ACTION_RESTART.</summary>
    private const int Restart = 1;

    /// <summary>Says what a service is for.</summary>
    public static bool Describe(ServiceHandle service, string description)
    {
        fixed (char* text = description)
        {
            return Configure(service, Description, &text);
        }
    }

    /// <summary>Has a service started some time after the system.</summary>
    public static bool DelayStart(ServiceHandle service)
    {
        int yes = 1;
        return Configure(service, DelayedStart, &yes);
    }

    /// <summary>Has a service started again after failures, an end with an error among them.</summary>
    /// <param name="service">The service.</param>
    /// <param name="delays">After how many milliseconds each time.</param>
    /// <param name="resetPeriod">After how many seconds without a failure the delays begin anew.</param>
    public static bool RestartAfterFailures(ServiceHandle service, IReadOnlyList<uint> delays, uint resetPeriod)
    {
        FailureAction* actions = stackalloc FailureAction[delays.Count];
        for (int i = 0; i < delays.Count; i++)
        {
            actions[i] = new FailureAction { Type = Restart, Delay = delays[i] };
        }

        var failures = new FailureActionList { ResetPeriod = resetPeriod, Count = (uint)delays.Count, Actions = actions };
        int yes = 1;
        return Configure(service, FailureActions, &failures) && Configure(service, FailureFlag, &yes);
    }
}
