using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using ReAim.Capture.Diverters.Nfqueue;

namespace ReAim.Gateway.Tests.World;

/// <summary>Skips loudly where network namespaces cannot be made.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class RequiresRootAttribute : NUnitAttribute, IApplyToTest
{
    private static readonly Lazy<string?> s_missing = new(Missing);

    public void ApplyToTest(Test test)
    {
        if (test.RunState != RunState.NotRunnable && s_missing.Value is { } missing)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, missing);
        }
    }

    private static string? Missing()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "NOT TESTED: the live gateway tests need root (network namespaces, nftables, NFQUEUE).";
        }

        QueueOpening opening = PacketQueue.TryOpen(new QueueOptions(65_000), out PacketQueue? queue, out _);
        queue?.Dispose();
        return opening == QueueOpening.NotSupported ? "NOT TESTED: the live gateway tests need NFQUEUE, which this kernel has not (nfnetlink_queue)." : null;
    }
}
