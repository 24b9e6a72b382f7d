namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>What can be set of a handle (windivert.h, WINDIVERT_PARAM).</summary>
internal enum DivertParameter
{
    /// <summary>How many packets wait at most: 16,384 is the most there is.</summary>
    QueueLength = 0,

    /// <summary>How long a packet waits at most, in milliseconds.</summary>
    QueueTime = 1,

    /// <summary>How many bytes wait at most: 32 MiB is the most there is.</summary>
    QueueSize = 2,
}
